import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What the network does to each chunk. A black hole swallows it, and everything that follows on its connection. */
export type Weather =
  | { kind: "fair" }
  | { kind: "black-hole" }
  | { kind: "delay"; ms: number }
  | { kind: "trickle"; bytes: number; ms: number };

export interface Proxy {
  port: number;
  weather: Weather;
  /** Where new connections lead: a port of this machine. */
  target: number;
  /** Connections that are open. */
  open(): number;
  /** Cuts each open connection for which `chosen` says so; all of them when left out. */
  cut(chosen?: () => boolean): number;
  close(): Promise<void>;
}

/** A network between a client and a port of this machine that can be made bad. */
export async function startProxy(target: number): Promise<Proxy> {
  const connections = new Set<() => void>();
  const server = createServer((client) => {
    const upstream = connect(proxy.target, "127.0.0.1");
    let swallowing = false;
    const link = {
      destroy: () => {
        connections.delete(link.destroy);
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      },
      weather: (): Weather => {
        swallowing ||= proxy.weather.kind === "black-hole";
        return swallowing ? { kind: "black-hole" } : proxy.weather;
      },
    };
    connections.add(link.destroy);
    for (const socket of [client, upstream]) socket.setNoDelay(true).on("error", link.destroy);
    void Promise.all([pump(client, upstream, link.weather), pump(upstream, client, link.weather)])
      .catch(link.destroy)
      .then(() => connections.delete(link.destroy));
  });
  const proxy: Proxy = {
    port: 0,
    weather: { kind: "fair" },
    target,
    open: () => connections.size,
    cut(chosen = () => true) {
      const cut = [...connections].filter(chosen);
      for (const destroy of cut) destroy();
      return cut.length;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      proxy.cut();
      await closed;
    },
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}

async function pump(from: Socket, to: Socket, weather: () => Weather): Promise<void> {
  for await (const chunk of from as AsyncIterable<Buffer>) {
    const now = weather();
    if (now.kind === "black-hole") continue;
    if (now.kind === "delay") await delay(now.ms);
    const step = now.kind === "trickle" ? now.bytes : chunk.length;
    for (let sent = 0; sent < chunk.length; sent += step) {
      if (sent > 0 && now.kind === "trickle") await delay(now.ms);
      if (!to.write(chunk.subarray(sent, sent + step))) await once(to, "drain");
    }
  }
  to.end();
}
