# 两条命令：make run 打开产品，make test 跑测试。其余目标见各行注释。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
JOBS ?= auto

.PHONY: run test lint slow bench lock docs clean

# 安装运行所需，建好示例知识库，在 http://127.0.0.1:7860 打开网页。
run: $(VENV)/.run
	$(BIN)/pingan web

# 安装开发所需，检查代码，跑快速测试。
test: lint
	$(BIN)/pytest -n $(JOBS) --dist loadfile -m "not slow and not model"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# 慢速测试：模糊测试、断电测试、规模测试。
slow: $(VENV)/.dev
	$(BIN)/pytest -n $(JOBS) -m "slow and not model"

# 测快慢：冷启动、每秒字数和随长度的增长、与参照物之比、一千份的时间和内存。
bench: $(VENV)/.dev
	$(BIN)/python -m eval.bench

# 重新生成规则说明和命令行的中文提示。
docs: $(VENV)/.dev
	$(BIN)/python docs/compile_messages.py
	$(BIN)/python -m app.checking.docs > docs/rules.md

# 依赖有变时重新锁定（需要 uv）；锁文件不写任何软件源地址。jieba 只有源码包，断网安装时要用 setuptools。
# UNUSED 是 chromadb、gradio 声明了而运行时从不用到的（约 300 MB），不进锁文件，安装时用 --no-deps；
# tests/test_dependencies.py 在没有它们的情况下走一遍程序的各条路，缺了要紧的就不过。
UNUSED := kubernetes aiohappyeyeballs aiohttp aiohttp-retry aiosignal durationpy frozenlist multidict \
	oauthlib propcache requests-oauthlib websocket-client yarl onnxruntime flatbuffers tokenizers hf-xet
UNUSED_RUN := build pyproject-hooks
UV_LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links -q \
	$(addprefix --no-emit-package ,$(UNUSED))
lock:
	printf 'hatchling>=1.27\neditables>=0.5\nsetuptools>=77\n' | \
		$(UV_LOCK) $(addprefix --no-emit-package ,$(UNUSED_RUN)) pyproject.toml - -o requirements.lock
	$(UV_LOCK) pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock
	printf 'distributed>=2025.1\n' | $(UV_LOCK) - -c requirements-dev.lock -o requirements-cluster.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要 Python 3.11 或更高版本；可用 make PYTHON=python3.12 指定。" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements.lock pyproject.toml
	$(PIP) install -q --no-deps --require-hashes -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q app
	$(BIN)/python -m app.patterns
	touch $@

$(VENV)/.dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(PIP) install -q --no-deps --require-hashes -r requirements-dev.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q app eval
	$(BIN)/python -m app.patterns
	touch $@ $(VENV)/.run
