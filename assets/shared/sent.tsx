/** The files of a message: as plain links at once, as pictures and chips when their parts have come. */

import { useLazy } from "./lazy";
import type { SentFile } from "./protocol";

interface Props {
  files: SentFile[] | undefined;
  /** Where this reader finds them. */
  base: string;
  /** Who sent them. */
  by: string;
}

export function Sent({ files, base, by }: Props) {
  const some = files !== undefined && files.length > 0;
  const parts = useLazy(some, () => import("./file-parts"));
  if (!some) return null;
  if (parts) return <parts.SentFiles files={files} base={base} by={by} />;
  return (
    <ul class="files-sent">
      {files.map((file) => (
        <li key={file.id}>
          <a class="link" href={`${base}${file.id}/`}>
            {file.name}
          </a>
        </li>
      ))}
    </ul>
  );
}
