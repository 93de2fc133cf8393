# Images of Kymo: `exporter`, and `grafana` with the plugin and the provisioning. docker-compose.yml
# builds both.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund \
 && npm run build \
 && npm run build:preview \
 && npm run build:plugin \
 && npm prune --omit=dev --no-audit --no-fund --workspace exporter --workspace exporter/contract

FROM node:24-bookworm-slim AS exporter
ENV NODE_ENV=production \
    KYMO_LISTEN_HOST=0.0.0.0 \
    KYMO_DATA_DIR=/var/lib/kymo
WORKDIR /app
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/exporter exporter
COPY --from=build /src/provisioning/kymo provisioning/kymo
COPY --from=build /src/docker docker
# A volume that is mounted here takes over the owner.
RUN mkdir -p /var/lib/kymo /run/kymo && chown node:node /var/lib/kymo /run/kymo
USER node
EXPOSE 9797
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9797/-/healthy').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/exporter/dist/main.js"]
CMD ["start"]

FROM grafana/grafana:12.4.0 AS grafana
COPY --from=build /src/plugin/dist /usr/share/kymo/plugins/kymo-live-app
COPY --from=build /src/provisioning /usr/share/kymo/provisioning
ENV GF_PATHS_PLUGINS=/usr/share/kymo/plugins \
    GF_PATHS_PROVISIONING=/usr/share/kymo/provisioning \
    GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=kymo-live-app,kymo-live-datasource,kymo-kpi-panel,kymo-heatmap-panel,kymo-protocols-panel,kymo-alerts-panel,kymo-analysis-panel \
    GF_ANALYTICS_REPORTING_ENABLED=false \
    GF_ANALYTICS_CHECK_FOR_UPDATES=false
