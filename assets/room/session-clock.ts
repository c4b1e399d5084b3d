/** What a film on the session's clock needs, in one piece; fetched at once, but after the page is there. */
export { Film } from "./film";
export { prefetch } from "./source";
