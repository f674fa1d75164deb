/** All runs and sweeps as pages: served live on this machine, or written as a static site. Only reads what runs write. */
export { writeBundle } from "./bundle.ts";
export { type ServedView, serveView } from "./server.ts";
