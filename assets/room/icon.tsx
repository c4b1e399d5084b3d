/** One Lucide icon; the class is written out where it is used, so that the build finds it. */
export function Icon({ name, size = "size-5" }: { name: string; size?: string }) {
  return <span class={`${name} ${size} shrink-0`} aria-hidden="true" />;
}
