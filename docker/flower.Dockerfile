FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=/build/constraints.txt
RUN python -m venv --without-pip /opt/venv
COPY constraints.txt /build/
# packaging is needed by kombu's Redis transport, which does not say so.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/venv/bin/python install celery flower packaging redis \
 && pip --python /opt/venv/bin/python check

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent app
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /tmp
USER 10001
EXPOSE 5555
# The address of Redis is in CELERY_BROKER_URL, the password in FLOWER_BASIC_AUTH: a command line can be read by everyone.
CMD ["celery", "flower", "--address=0.0.0.0", "--port=5555"]
