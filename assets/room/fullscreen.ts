/** Full screen of the stage; of the film alone where a phone knows nothing else. */

interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** Into full screen, or out of it. */
export function toggleFullScreen(): void {
  const stage = document.getElementById("stage");
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (stage?.requestFullscreen) void stage.requestFullscreen().catch(() => undefined);
  else stage?.querySelector<PhoneVideo>("video")?.webkitEnterFullscreen?.();
}
