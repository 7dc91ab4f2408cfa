# ACCELERATOR is cpu or cuda; only the wheel of the one that is asked for is built.
ARG ACCELERATOR=cpu
ARG LLAMA_CMAKE_ARGS="-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF"

FROM python:3.11-slim-bookworm AS wheel-cpu
ARG LLAMA_CMAKE_ARGS
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential \
 && rm -rf /var/lib/apt/lists/*
COPY constraints.txt requirements/llm.txt /build/
# Six to eleven minutes on two cores; kept until its version or these flags change.
RUN --mount=type=cache,target=/root/.cache/pip \
    CMAKE_ARGS="${LLAMA_CMAKE_ARGS}" pip wheel --no-deps -c /build/constraints.txt -r /build/llm.txt -w /wheels \
 && mkdir /cuda-libraries

# The wheel is py3-none, so the Python of this image does not matter, and its glibc is older than Debian 12's.
FROM nvidia/cuda:12.8.1-devel-ubuntu22.04 AS wheel-cuda
ARG LLAMA_CMAKE_ARGS
ARG CUDA_ARCHITECTURES="75;80;86;89;90;100;120"
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential python3-pip \
 && rm -rf /var/lib/apt/lists/*
COPY constraints.txt requirements/llm.txt /build/
# The driver's libcuda is not there at build time; its stub stands in for it when the library is linked.
RUN --mount=type=cache,target=/root/.cache/pip \
    ln -s libcuda.so /usr/local/cuda/lib64/stubs/libcuda.so.1 \
 && CMAKE_ARGS="${LLAMA_CMAKE_ARGS} -DGGML_CUDA=on -DCMAKE_CUDA_ARCHITECTURES=${CUDA_ARCHITECTURES}" \
    LIBRARY_PATH=/usr/local/cuda/lib64/stubs \
    pip3 wheel --no-deps -c /build/constraints.txt -r /build/llm.txt -w /wheels \
 && mkdir /cuda-libraries \
 && cp -P /usr/local/cuda/lib64/libcudart.so.* /usr/local/cuda/lib64/libcublas.so.* \
          /usr/local/cuda/lib64/libcublasLt.so.* /cuda-libraries/

# hadolint ignore=DL3006
FROM wheel-${ACCELERATOR} AS wheel

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=/build/constraints.txt
RUN python -m venv --without-pip /opt/venv
WORKDIR /build
COPY constraints.txt ./
COPY --from=wheel /wheels /wheels
COPY backend-core/core/pyproject.toml backend-core/core/
COPY ai-worker/pyproject.toml ai-worker/
RUN --mount=type=cache,target=/root/.cache/pip mkdir backend-core/core/src ai-worker/src \
 && pip --python /opt/venv/bin/python install /wheels/*.whl "./backend-core/core[db]" "./ai-worker[gpu,openai,anthropic,google]"
COPY backend-core/core backend-core/core
COPY ai-worker ai-worker
RUN pip --python /opt/venv/bin/python install --no-deps --force-reinstall ./backend-core/core ./ai-worker \
 && pip --python /opt/venv/bin/python check

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /nonexistent app \
 && install -d -o app -g app /app /app/uploads
COPY --from=wheel /cuda-libraries /usr/local/lib/cuda
COPY --from=build /opt/venv /opt/venv
COPY --chmod=755 docker/is_alive.py /usr/local/bin/is-alive
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LD_LIBRARY_PATH=/usr/local/lib/cuda
WORKDIR /app
USER 10001
CMD ["python", "-m", "interview_worker", "gpu_queue"]
