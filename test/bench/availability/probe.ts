/** Loaded into the gateway's process before its own code: tells the parent how much CPU the process has used, when it asks. */
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1_000);
});
process.channel?.unref();
