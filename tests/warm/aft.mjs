// The command from the compiled sources, in the place of ts/cli/bin.mjs, which compiles them at each start.
const { main } = await import("../../.compiled/cli/main.js");
await main(process.argv.slice(2));
