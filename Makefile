# Everything a person types. Needs only Python 3.11, make and the package registries.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Our own Node stands in .venv/bin when the machine has none that is young enough.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export CHROMIUM ?= $(CURDIR)/var/assets/bin/chromium
PYTHON_CODE := app_server auth payments notify miniapps deploy tests
PYTHON_CODE := $(wildcard $(PYTHON_CODE))
FRONT_END := $(wildcard h5_shell/package.json)
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run setup test test-python test-front e2e proof lint bench fuzz faults fault-matrix fault-processes fault-kills clean-data openapi lock

help:  ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## 准备环境并启动整个平台(Ctrl-C 停止)
	@$(PYTHON) deploy/bootstrap.py
	@exec .venv/bin/wanshi up

setup:  ## 准备开发环境(测试与检查工具、字体、浏览器)
	@$(PYTHON) deploy/bootstrap.py --dev

test: test-python test-front  ## 后端与前端的测试(不含浏览器旅程)

test-python: setup  ## 只跑后端测试(PYTEST_ARGS=… 可加参数)
	@mkdir -p build
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not alone and not journey" --junitxml=build/junit.xml $(PYTEST_ARGS)
	.venv/bin/python -m pytest -m "alone and not journey" --junitxml=build/junit-alone.xml $(PYTEST_ARGS)

test-front: setup  ## 只跑前端单元测试
ifneq ($(FRONT_END),)
	cd h5_shell && npm test --if-present
endif

e2e: setup  ## 只跑浏览器旅程(图片在 build/journey*)
	@mkdir -p build
	.venv/bin/python -m pytest -n 2 --dist loadfile -m "journey and not alone" --junitxml=build/junit-journeys.xml $(PYTEST_ARGS)
	.venv/bin/python -m pytest -m "journey and alone" --junitxml=build/junit-stories.xml $(PYTEST_ARGS)

proof:  ## 需求表里的每个测试是否都已通过(make test 与 make e2e 之后)
	.venv/bin/python -m tests.architecture.proof build/junit.xml build/junit-alone.xml build/junit-journeys.xml build/junit-stories.xml

lint: setup  ## 格式、类型、分层与前端检查
	.venv/bin/ruff check $(PYTHON_CODE)
	.venv/bin/ruff format --check $(PYTHON_CODE)
	.venv/bin/mypy $(filter-out tests,$(PYTHON_CODE))
	.venv/bin/lint-imports
ifneq ($(FRONT_END),)
	cd h5_shell && npm run lint --if-present && npm run typecheck --if-present
endif

bench: setup  ## 性能测量(tests/bench)
	.venv/bin/python -m tests.bench.http
	.venv/bin/python -m tests.bench.face
	.venv/bin/python -m tests.bench.federation
	.venv/bin/python -m tests.bench.host
	.venv/bin/python -m tests.bench.items
	.venv/bin/python -m tests.bench.cases lists
	.venv/bin/python -m tests.bench.workflow
	.venv/bin/python -m tests.bench.convergence
	.venv/bin/python -m tests.bench.ocr 20
	.venv/bin/python -m tests.bench.forged

fuzz: setup  ## 用接口说明生成请求,攻击运行中的平台
	WANSHI_FUZZ_EXAMPLES=200 .venv/bin/python -m pytest tests/security $(PYTEST_ARGS)

faults: setup  ## 断开数据库 30 秒等长时间故障测试
	WANSHI_FAULT_SECONDS=30 WANSHI_FAULT_CASES=40 .venv/bin/python -m pytest tests/faults $(PYTEST_ARGS)

fault-matrix: setup  ## 缴费故障矩阵：十万笔订单、虚拟时钟（约一小时；ORDERS=… 可减少）
	.venv/bin/python -m tests.faults.payments.matrix

fault-processes: setup  ## 缴费经真实进程：两千笔订单与出错的通道
	.venv/bin/python -m tests.faults.payments.processes

fault-kills: setup  ## 缴费进程在二百余个时刻被强杀
	KILLS=260 CHANCE=0.025 ORDERS=330 .venv/bin/python -m tests.faults.payments.processes

openapi: setup  ## 导出三个入口的接口说明到 build/openapi
	@for surface in public staff partner; do \
	  .venv/bin/wanshi openapi --surface $$surface --output build/openapi/$$surface.json || exit 1; done
	@ls -l build/openapi

clean-data:  ## 删除内置数据库与上传文件(会先询问)
	@$(PYTHON) deploy/bootstrap.py
	@.venv/bin/wanshi clean-data

lock: setup  ## 重新计算依赖锁文件
	@deploy/requirements/relock
