# make demo   set up, fit the sample spectra, write lipon-eis-demo/results/report.pdf
# make test   set up, then everything CI checks
# make benchmark   measure speed and quality anew for docs/quality.md: about 40 minutes on one core
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint types floors tests wheel benchmark clean
.DEFAULT_GOAL := demo

$(READY): pyproject.toml setup.cfg
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,xlsx]"
	touch $(READY)

demo: $(READY)
	$(BIN)/lipon-eis demo

test: lint types floors tests wheel

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

floors: $(READY)
	$(BIN)/lint-imports

tests: $(READY)
	$(BIN)/python -m pytest -n 2

# The built wheel, installed alone in a fresh environment, does the main job from an empty folder.
wheel: $(READY)
	rm -rf build/wheel && mkdir -p build/wheel/empty
	$(BIN)/python -m build --quiet --wheel --outdir build/wheel .
	$(BIN)/python -m venv build/wheel/venv
	build/wheel/venv/bin/python -m pip install --quiet --disable-pip-version-check build/wheel/*.whl
	cd build/wheel/empty && ../venv/bin/lipon-eis demo && test -s lipon-eis-demo/results/report.pdf
	cd build/wheel/empty && ../venv/bin/python -c "import lipon_eis; print(lipon_eis.__version__)"

# Real files are not part of the project: where their folder is missing, their table stays as it is.
benchmark: export OPENBLAS_NUM_THREADS = 1
benchmark: $(READY)
	$(BIN)/python benchmarks/certified.py --write
	$(BIN)/python benchmarks/formats.py --write
	$(BIN)/python benchmarks/reading.py --count 1000 --write
	$(BIN)/python benchmarks/real.py --write
	$(BIN)/python benchmarks/speed.py --count 30 --largest 10000 --write
	$(BIN)/python benchmarks/minimum.py --count 1000 --hard 300 --write
	$(BIN)/python benchmarks/coverage.py --count 4000 --write
	$(BIN)/python benchmarks/plan.py --write
	$(BIN)/python benchmarks/thickness.py --write
	$(BIN)/python benchmarks/cells.py --count 150 --write
	$(BIN)/python benchmarks/changes.py --write
	$(BIN)/python benchmarks/quality.py

clean:
	rm -rf build $(VENV) *.egg-info lipon-eis-demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
