/** The light build of hls.js has the same interface; its package declares only the whole one. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
