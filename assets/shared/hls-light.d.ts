/** The light build of hls.js has the types of the whole one, only fewer parts. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
