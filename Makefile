# The same commands for people and for CI. GNU make and Python 3.10 or newer are all they need.
#
#   make demo    find the face in examples/astronaut.png (no PyTorch); writes demo/
#   make test    all checks and tests, with everything installed that they need
#   make check   the checks alone
#   make notebooks   run all notebooks with small settings; writes build/notebooks/
#   make docs    the site, written to site/; with the results of the notebooks where `make notebooks` was run
#   make clean   delete what the others made

PYTHON ?= python3
PYTEST_ARGS ?=
NOTEBOOK_PARAMETERS ?= -p QUICK True

BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
DEMO := .venv-demo/$(BIN)
DEV := .venv/$(BIN)
PACKAGE_FILES := $(shell find src -type f -not -name '*.pyc')
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
# What nbstripout removes beside outputs, here and in .pre-commit-config.yaml.
STRIPPED := metadata.language_info.version metadata.papermill cell.metadata.papermill

.PHONY: demo test check notebooks docs clean

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

# Stamp files: an environment is made again only when what it is made from has changed.
.venv-demo/.installed: pyproject.toml constraints.txt $(PACKAGE_FILES)
	$(PYTHON) -m venv .venv-demo
	$(DEMO)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt .
	touch $@

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(DEV)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train,video,web,cluster,notebooks,dev,docs]'
	touch $@

# The tests of the web page skip where no Chromium can be had, which tells so.
.venv/.browser: .venv/.installed
	bash .ci/chromium $(DEV)/python
	touch $@

clean:
	rm -rf .venv-demo .venv demo build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -type d -name __pycache__ -prune -exec rm -rf {} +
