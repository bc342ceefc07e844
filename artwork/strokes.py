"""Draw the SVG sources that consist of many strokes, hair by hair: python artwork/strokes.py

The random numbers are seeded: the same drawing comes out each time. Then render.py makes the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

SOURCES = Path(__file__).parent


def hair(root: np.ndarray, bend: np.ndarray, tip: np.ndarray, width: float, colour: str, opacity: float) -> str:
    """A hair: thick at its root, running out at its tip."""
    along = tip - root
    across = np.array([-along[1], along[0]]) / max(1e-6, float(np.hypot(*along))) * width / 2
    places = [root + across, bend + across * 0.8, tip, bend - across * 0.8, root - across]
    a, b, c, d, e = (f"{x:.1f} {y:.1f}" for x, y in places)
    return f'<path d="M{a}Q{b} {c}Q{d} {e}Z" fill="{colour}" opacity="{opacity:.2f}"/>'


def spline(places: Sequence[tuple[float, float]]) -> Callable[[np.ndarray], np.ndarray]:
    """A smooth curve through places that are equally far apart in its parameter, 0 to 1."""
    knots = np.linspace(0, 1, len(places))
    coefficients = np.polyfit(knots, np.array(places), len(places) - 1)
    powers = np.arange(len(places))[::-1]
    return lambda t: (np.asarray(t)[..., None] ** powers) @ coefficients


def svg(width: int, height: int, comment: str, body: list[str], definitions: str = "", zoom: float = 1.0) -> str:
    size = f'width="{width * zoom:.0f}" height="{height * zoom:.0f}"'
    view = f'viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {view} {size}>'
    return "\n".join([head, f"<!-- {comment} Drawn by strokes.py. -->", definitions, *body, "</svg>", ""])


def moustache() -> str:
    """A full moustache whose ends curl up; 900 px are the distance of the outer eye corners, the middle is at 450."""
    random = np.random.default_rng(4)
    width, height = 900, 360
    upper = spline([(446, 96), (560, 62), (668, 100), (752, 148), (812, 122), (842, 70)])
    lower = spline([(444, 196), (540, 232), (650, 236), (752, 206), (820, 142), (848, 68)])
    shades = ["#1c100a", "#2a180e", "#3a2213", "#4c2d19", "#5e3a21", "#7a4f2e", "#94653d"]
    body = ['<g filter="url(#soft)" opacity=".85">']
    outline = np.concatenate([upper(np.linspace(0, 1, 30)), lower(np.linspace(1, 0, 30))])
    for sign in (1, -1):
        places = " ".join(f"{450 + sign * (x - 450):.0f},{y:.0f}" for x, y in outline)
        body.append(f'<polygon points="{places}" fill="#24140b"/>')
    body.append("</g>")
    for layer in range(3):
        for sign in (1, -1):
            for _ in range((520, 430, 230)[layer]):
                start = random.uniform(0, 0.9) ** 1.15 - random.uniform(0, 0.03)
                length = random.uniform(0.1, 0.26) * (1.1 - 0.35 * start)
                across = random.beta(1.3, 1.3)
                drift = random.normal(0, 0.10)
                t = np.array([start, start + length / 2, min(1.04, start + length)])
                mix = np.clip(across + drift * np.array([0, 0.4, 1]), -0.06, 1.06)[:, None]
                places = upper(t) * (1 - mix) + lower(t) * mix
                places += random.normal(0, 1.2, (3, 2))
                places[0, 1] += 22 * (0.5 - across) * max(0.0, 1 - 6 * start) * random.random()
                places[:, 0] = 450 + sign * (places[:, 0] - 450)
                bright = layer * 1.25 + 1.8 * (1 - across) * random.random() + random.normal(0, 0.7)
                shade = shades[int(np.clip(bright, 0, len(shades) - 1))]
                body.append(hair(*places, random.uniform(2.2, 5.0), shade, random.uniform(0.65, 1.0)))
    soft = '<defs><filter id="soft"><feGaussianBlur stdDeviation="5"/></filter></defs>'
    return svg(width, height, "A moustache.", body, soft)


FUR = ["#2a2320", "#3a312d", "#4d423c", "#63564e", "#7d6e64", "#9a897d"]
TUFT = ["#e9dfd4", "#f4ece2", "#d8cabc", "#fffaf2"]

EAR = """<defs>
<linearGradient id="fur" x1="0" y1="0" x2="0" y2="1">
<stop offset="0" stop-color="#39302c"/><stop offset=".5" stop-color="#5b4d46"/><stop offset="1" stop-color="#6f5f56"/>
</linearGradient>
<radialGradient id="pink" cx=".5" cy=".72" r=".75">
<stop offset="0" stop-color="#b9706e"/><stop offset=".55" stop-color="#e2a39c"/><stop offset="1" stop-color="#d08d87"/>
</radialGradient>
<linearGradient id="out" x1="0" y1="330" x2="0" y2="545" gradientUnits="userSpaceOnUse">
<stop offset="0" stop-color="#fff"/><stop offset=".45" stop-color="#fff"/><stop offset="1" stop-color="#000"/>
</linearGradient>
<mask id="base"><rect width="520" height="560" fill="url(#out)"/></mask>
<filter id="soft"><feGaussianBlur stdDeviation="6"/></filter>
<filter id="softer"><feGaussianBlur stdDeviation="14"/></filter>
</defs>
<g mask="url(#base)">"""

INNER_SIDE = spline([(70, 520), (92, 360), (150, 200), (262, 40)])
OUTER_SIDE = spline([(480, 540), (470, 400), (392, 200), (262, 36)])
EAR_MIDDLE = np.array([275.0, 400.0])


def cat_ear() -> str:
    """The ear on the picture's right; its base runs out into the hair below."""
    random = np.random.default_rng(9)
    outside = np.concatenate([INNER_SIDE(np.linspace(0, 1, 24)), OUTER_SIDE(np.linspace(1, 0, 24))])
    inside = EAR_MIDDLE + (outside - EAR_MIDDLE) * [0.66, 0.74] + [6, 18]
    deeper = EAR_MIDDLE + (inside - EAR_MIDDLE) * [0.9, 0.93] + [0, 8]
    body = [f'<g filter="url(#soft)">{polygon(outside, "url(#fur)")}</g>', *short_fur(random)]
    body.append(f'<g filter="url(#softer)">{polygon(inside, "url(#pink)")}</g>')
    body.append(f'<g filter="url(#soft)" opacity=".8">{polygon(deeper, "url(#pink)")}</g>')
    body += [*fringe(random), *tufts(random), "</g>"]
    return svg(520, 560, "An ear of a cat.", body, EAR, 0.75)


def polygon(places: np.ndarray, fill: str) -> str:
    return f'<polygon points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in places)}" fill="{fill}"/>'


def short_fur(random: np.random.Generator) -> list[str]:
    """Hair all over the ear, that points to its tip and outwards."""
    hairs = []
    for _ in range(900):
        t, side = random.random(), random.random()
        root = INNER_SIDE(np.array(t)) * (1 - side) + OUTER_SIDE(np.array(t)) * side
        away = (root - EAR_MIDDLE) * [1.0, 0.25] + [0, -120]
        away = away / np.hypot(*away) * random.uniform(26, 60)
        tip = root + away * [0.8, 1] + random.normal(0, 4, 2)
        bend = (root + tip) / 2 + random.normal(0, 4, 2)
        shade = FUR[int(np.clip(random.normal(2.2 + 1.5 * (1 - t) - 1.6 * abs(side - 0.5), 1.0), 0, 5))]
        hairs.append(hair(root, bend, tip, random.uniform(2.5, 5), shade, random.uniform(0.6, 0.95)))
    return hairs


def fringe(random: np.random.Generator) -> list[str]:
    """Hair of the rim that hangs over the pink inside."""
    hairs = []
    for _ in range(360):
        t = random.random()
        side = INNER_SIDE if random.random() < 0.5 else OUTER_SIDE
        root = EAR_MIDDLE + (side(np.array(t)) - EAR_MIDDLE) * [0.76, 0.80] + [4, 12]
        inwards = (EAR_MIDDLE + [0, -40] - root) * random.uniform(0.1, 0.24)
        tip = root + inwards + [0, -random.uniform(6, 26)]
        bend = (root + tip) / 2 + random.normal(0, 5, 2)
        hairs.append(hair(root, bend, tip, random.uniform(2, 4), FUR[int(random.integers(1, 5))], 0.8))
    return hairs


def tufts(random: np.random.Generator) -> list[str]:
    """Long light hair that grows from the inner side."""
    hairs = []
    for _ in range(170):
        height = random.beta(1.1, 1.8) * 0.62
        root = INNER_SIDE(np.array(height)) * 0.8 + EAR_MIDDLE * 0.2 + random.normal(0, 9, 2) + [6, 0]
        tip = root + np.array([random.uniform(50, 135), -random.uniform(60, 190)]) * random.uniform(0.6, 1.0)
        bend = (root + tip) / 2 + [random.uniform(-16, 8), -random.uniform(8, 34)]
        shade = TUFT[int(random.integers(0, 4))]
        hairs.append(hair(root, bend, tip, random.uniform(1.6, 3.4), shade, random.uniform(0.4, 0.85)))
    return hairs


def whiskers() -> str:
    """Those on the picture's right, growing from the left edge; 640 px are the distance of the outer eye corners."""
    random = np.random.default_rng(2)
    body = []
    for number, rise in enumerate((-95, -52, -8, 40, 84)):
        root = np.array([40 + 14 * (number % 2) + random.uniform(0, 8), 150 + (number - 2) * 16])
        tip = np.array([random.uniform(470, 545), 150 + rise * 1.25])
        bend = (root + tip) / 2 + [20, -30 - 12 * number + random.normal(0, 6)]
        body.append(hair(root + [2, 5], bend + [2, 6], tip + [0, 5], 7, "#20140e", 0.28))
        body.append(hair(root, bend, tip, 6.5, "#fbf7f0", 0.97))
        body.append(hair(root, bend - [0, 1], tip, 2.2, "#ffffff", 0.9))
        body.append(f'<circle cx="{root[0]:.0f}" cy="{root[1]:.0f}" r="5" fill="#3a2620" opacity=".75"/>')
    for x, y in ((88, 128), (96, 168), (72, 196)):
        body.append(f'<circle cx="{x}" cy="{y}" r="4.2" fill="#3a2620" opacity=".6"/>')
    return svg(560, 300, "Whiskers.", body)


STRAW = ["#f7e7b4", "#f0d999", "#e8cb83", "#dfbd70", "#d3ac5d", "#c4984a"]


def weave() -> str:
    """A tile of plaited straw that repeats to the right and downwards."""
    random = np.random.default_rng(6)
    width, braids, height, step = 640, 10, 24, 16
    body = [f'<rect width="{width}" height="{braids * height}" fill="#6e4d1f"/>']
    for braid in range(braids):
        top, shift = braid * height, random.uniform(0, step)
        for half, lean in enumerate((11, -11)):
            shades = random.normal(2.2, 1.3, width // step)
            for number in range(-1, width // step + 1):
                x = number * step + shift + (0.0 if half else 0.5 * step)
                shade = STRAW[int(np.clip(shades[number % len(shades)], 0, 5))]
                body += straw(x, top + half * height / 2 + 0.6, step - 1.6, height / 2 - 1.4, lean, shade)
        body.append(f'<rect y="{top + height - 3.5}" width="{width}" height="4" fill="#4a3312" opacity=".5"/>')
        body.append(f'<rect y="{top}" width="{width}" height="2.5" fill="#fff3cd" opacity=".35"/>')
    return svg(width, braids * height, "Plaited straw.", body)


def straw(x: float, y: float, width: float, height: float, lean: float, shade: str) -> list[str]:
    """A slanted piece of straw with light on its left and shadow on its right."""
    above, below, low = x + lean / 2, x - lean / 2, y + height
    places = f"{above:.1f} {y:.1f} {above + width:.1f} {y:.1f} {below + width:.1f} {low:.1f} {below:.1f} {low:.1f}"

    def line(share: float, colour: str, thickness: float, opacity: float) -> str:
        way = f"M{above + share * width:.1f} {y + 1:.1f}L{below + share * width:.1f} {low - 1:.1f}"
        return f'<path d="{way}" stroke="{colour}" stroke-width="{thickness}" opacity="{opacity}"/>'

    return [
        f'<polygon points="{places}" fill="{shade}"/>',
        line(0.3, "#fff6d6", 2.4, 0.5),
        line(0.85, "#8a6428", 2.2, 0.45),
    ]


def main() -> None:
    for name, draw in {
        "moustache/front": moustache,
        "cat/ear": cat_ear,
        "cat/whiskers": whiskers,
        "straw-hat/weave": weave,
    }.items():
        (SOURCES / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
