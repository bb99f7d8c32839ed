# Presswatch in a container. See docs/operations.md.
#
#   docker build -t presswatch .
#   docker run -v ./config.toml:/etc/presswatch/config.toml:ro -v ./rules:/etc/presswatch/rules:ro -v presswatch:/data presswatch

FROM python:3.14-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /opt/presswatch
# The dependencies first: they change seldom, so this layer is kept from one build to the next.
COPY requirements.txt requirements-build.txt ./
RUN pip --python /opt/presswatch/bin/python install --require-hashes -r requirements.txt \
 && pip install --require-hashes -r requirements-build.txt
COPY . .
RUN python -m hatchling build -t wheel -d /wheels \
 && pip --python /opt/presswatch/bin/python install --no-deps --no-index /wheels/*.whl \
 && python -m compileall -q /opt/presswatch/lib

FROM python:3.14-slim
COPY --from=build /opt/presswatch /opt/presswatch
RUN install -d -o 10001 -g 10001 /data /etc/presswatch
ENV PATH=/opt/presswatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PRESSWATCH__SERVICE__DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Asks the database whether a daemon is at work on it, so it needs no open port.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["presswatch", "healthcheck"]
ENTRYPOINT ["presswatch"]
CMD ["run"]
