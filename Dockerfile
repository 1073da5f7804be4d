# One image for a process of any role: `docker build -t hotlead .`; compose.yaml runs a fleet of them.
FROM python:3.12-slim AS built
WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY bot bot
COPY dialogs dialogs
COPY qualification qualification
COPY storage storage
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data hotlead && install -d -o hotlead -g hotlead -m 700 /data
COPY --from=built /venv /venv
ENV PATH=/venv/bin:$PATH HOTLEAD_DATA=/data HOTLEAD_LISTEN=0.0.0.0:8080
USER hotlead
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=8s --start-period=60s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health', timeout=7)"]
ENTRYPOINT ["hotlead"]
CMD ["run"]
