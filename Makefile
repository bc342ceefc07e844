# The same commands for people and for CI. GNU make and Python 3.10 or newer are all they need.
#
#   make demo    find the face in examples/astronaut.png (no PyTorch); writes demo/
#   make test    all checks and tests, with everything installed that they need
#   make check   the checks alone
#   make notebooks   run all notebooks with small settings; writes build/notebooks/
#   make docs    the site, written to site/; with the results of the notebooks where `make notebooks` was run
#   make speed-guard   fail if a job takes over 10 % more instructions than before; needs valgrind
#   make dist    sdist and wheel, built twice and compared; writes dist/
#   make release-check   the wheel in an empty environment for each Python here, and the SBOM; writes build/
#   make audit   known weaknesses in what the wheel brings along; asks a public database
#   make clean   delete what the others made

PYTHON ?= python3
PYTEST_ARGS ?=
NOTEBOOK_PARAMETERS ?= -p QUICK True
DIST_ARGS ?=
CHECK_ARGS ?=
GUARD_ARGS ?=

BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
DEMO := .venv-demo/$(BIN)
DEV := .venv/$(BIN)
RELEASE := .venv-release/$(BIN)
PACKAGE_FILES := $(shell find src -type f -not -name '*.pyc')
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
# What nbstripout removes beside outputs, here and in .pre-commit-config.yaml.
STRIPPED := metadata.language_info.version metadata.papermill cell.metadata.papermill

.PHONY: demo test check notebooks docs speed-guard dist release-check sbom audit clean

demo: .venv-demo/.installed
	$(DEMO)/facepoints detect examples/astronaut.png --draw --out demo

test: check .venv/.browser
	$(DEV)/python -m pytest --numprocesses auto --dist loadfile $(PYTEST_ARGS)

check: .venv/.installed
	$(DEV)/ruff check
	$(DEV)/ruff format --check
	$(DEV)/mypy --strict src
	$(DEV)/lint-imports
	$(DEV)/nbstripout --verify --extra-keys '$(STRIPPED)' $(NOTEBOOKS)

# A notebook that fails stays, with its error, as NAME.part.ipynb. `make -j2 notebooks` runs two at a time.
notebooks: $(NOTEBOOKS:%=build/%)

build/notebooks/%.ipynb: notebooks/%.ipynb .venv/.installed $(PACKAGE_FILES) | build/notebooks/.fresh
	$(DEV)/papermill --cwd notebooks --no-progress-bar --log-level WARNING $(NOTEBOOK_PARAMETERS) $< $(@:.ipynb=.part.ipynb)
	mv $(@:.ipynb=.part.ipynb) $@

# Quick runs begin anew, since one of other settings cannot go on; and two notebooks must not make one sample at a time.
build/notebooks/.fresh: .venv/.installed $(PACKAGE_FILES) $(NOTEBOOKS)
	rm -rf runs/notebooks/sample runs/notebooks/*-quick*
	$(DEV)/python -m facepoints data sample runs/notebooks/sample
	mkdir -p $(@D)
	touch $@

# NO_MKDOCS_2_WARNING: the theme's makers warn of a version of mkdocs that is not used here.
docs: .venv/.installed
	NO_MKDOCS_2_WARNING=1 $(DEV)/mkdocs build --strict --clean --site-dir site
	$(DEV)/python docs/site/check_links.py site

# `make speed-guard GUARD_ARGS=--write` renews the baseline.
speed-guard: .venv/.installed
	$(DEV)/python benchmarks/speed_guard.py $(GUARD_ARGS)

# Of a commit alone; `make dist DIST_ARGS=--dirty` builds what has not been committed, too.
dist: .venv-release/.installed
	$(RELEASE)/python tools/build_dist.py $(DIST_ARGS)

release-check: dist sbom
	PATH="$(CURDIR)/$(RELEASE):$$PATH" $(RELEASE)/python tools/check_install.py dist/facepoints-*.whl $(CHECK_ARGS)

# What `pip install facepoints` brings today. uv makes the environment without pip, so that it holds nothing else.
sbom: dist
	$(RELEASE)/uv venv --quiet --clear --python $(RELEASE)/python build/installed
	$(RELEASE)/uv pip install --quiet --python build/installed/$(BIN)/python dist/facepoints-*.whl
	version=$$(sed -n 's/^__version__ = "\(.*\)"$$/\1/p' src/facepoints/__init__.py); \
	    sed "s/^dynamic = .*/version = \"$$version\"/" pyproject.toml >build/pyproject.toml
	$(RELEASE)/cyclonedx-py environment --output-reproducible --pyproject build/pyproject.toml --mc-type library \
	    --output-file build/facepoints.cdx.json build/installed/$(BIN)/python

audit: sbom
	$(RELEASE)/uv pip freeze --python build/installed/$(BIN)/python | grep -v '^facepoints' >build/installed.txt
	$(RELEASE)/pip-audit --strict --disable-pip --no-deps --requirement build/installed.txt

# Stamp files: an environment is made again only when what it is made from has changed.
.venv-demo/.installed: pyproject.toml constraints.txt $(PACKAGE_FILES)
	$(PYTHON) -m venv .venv-demo
	$(DEMO)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt .
	touch $@

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(DEV)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train,video,web,cluster,notebooks,dev,docs]'
	touch $@

.venv-release/.installed: tools/requirements.txt constraints.txt
	$(PYTHON) -m venv .venv-release
	$(RELEASE)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -r tools/requirements.txt
	touch $@

# The tests of the web page skip where no Chromium can be had, which tells so.
.venv/.browser: .venv/.installed
	bash .ci/chromium $(DEV)/python
	touch $@

clean:
	rm -rf .venv-demo .venv-release .venv demo build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -type d -name __pycache__ -prune -exec rm -rf {} +
