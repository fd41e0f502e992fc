# Two stages: one compiles, the other holds what runs. Nothing but the npm registry is needed.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY stubs stubs
# `prepare` would compile, and there is no source yet.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production TRIBUTARY_DIR=/data
WORKDIR /app
# node_modules/webrtc-polyfill is a link into stubs/.
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/stubs stubs
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/descriptors descriptors
COPY --from=build /app/demo demo
COPY --from=build /app/fonts fonts
COPY --from=build /app/dist dist
# A new volume takes this over; anybody that `user:` names may write in it.
RUN mkdir /data && chown node:node /data && chmod 1777 /data
USER node
VOLUME /data
# HTTP; BitTorrent over TCP and uTP; SSDP; mDNS. They matter only where the network is not the host's.
EXPOSE 3030/tcp 4240/tcp 4240/udp 1900/udp 5353/udp
# The server says in its data folder where it listens: any address, port and password.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "dist/cli.js", "health"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--no-memory-reducer", "dist/cli.js"]
