# watcher as an image: its own Python environment, Trivy from Trivy's own image, a bill of materials.
# docs/operations.md tells how it is built, with bases by digest, and how it is run.
#
#   docker build -t watcher \
#     --build-arg BASE=docker.io/library/python:3.12-slim-bookworm@sha256:… \
#     --build-arg BASE_DIGEST=sha256:… --build-arg REVISION="$(git rev-parse HEAD)" .

# Both take a digest behind the tag, and should be given one: what a tag points to changes.
ARG BASE=docker.io/library/python:3.12-slim-bookworm
ARG TRIVY=docker.io/aquasec/trivy:0.74.0

FROM ${TRIVY} AS trivy

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=trivy /usr/local/bin/trivy /usr/local/bin/trivy
WORKDIR /src
COPY requirements/runtime.lock requirements/build.lock requirements/
# Every package by its hash; the builder's own stay in an environment of theirs.
RUN python3 -m venv /opt/watcher && python3 -m venv /builder \
    && /opt/watcher/bin/pip install --no-deps --require-hashes -r requirements/runtime.lock \
    && /builder/bin/pip install --no-deps --require-hashes -r requirements/build.lock
COPY pyproject.toml README.md LICENSE ./
COPY watcher watcher
COPY migrations migrations
RUN /builder/bin/python -m hatchling build --target wheel --directory /wheel \
    && /opt/watcher/bin/pip install --no-deps --no-index /wheel/*.whl \
    && trivy rootfs --format cyclonedx --output /opt/watcher/sbom.cdx.json --offline-scan \
        --skip-db-update --skip-java-db-update --skip-version-check --disable-telemetry \
        --cache-dir /tmp/trivy /opt/watcher \
    && mkdir -p /var/lib/watcher

FROM ${BASE}
ARG BASE
ARG BASE_DIGEST=
ARG REVISION=
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="watcher" \
    org.opencontainers.image.description="Since when every published image has been exposed to which vulnerability" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="${BASE}" \
    org.opencontainers.image.base.digest="${BASE_DIGEST}"
COPY --from=trivy /usr/local/bin/trivy /usr/local/bin/trivy
COPY --from=build /opt/watcher /opt/watcher
COPY --from=build --chown=65532:65532 /var/lib/watcher /var/lib/watcher
# Nothing but /var/lib/watcher and /tmp is ever written: the root may be read-only.
ENV PATH=/opt/watcher/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/var/lib/watcher \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WATCHER_CONFIG=/etc/watcher/watcher.yaml \
    WATCHER_STATE=/var/lib/watcher/state
WORKDIR /var/lib/watcher
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["watcher"]
CMD ["run"]
