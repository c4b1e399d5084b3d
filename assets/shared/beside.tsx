/** What is beside a composer, once there is something. */
import type { Attach } from "./attach";
import { useLazy } from "./lazy";

export function Beside({ attach }: { attach: Attach }) {
  const some = attach.files.value.length > 0 || attach.wrong.value !== "";
  const parts = useLazy(some, () => import("./file-parts"));
  return some && parts ? <parts.BesideFiles attach={attach} /> : null;
}
