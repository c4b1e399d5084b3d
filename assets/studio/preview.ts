/** Plays the film in the studio: hls.js where the browser has MediaSource, the browser itself elsewhere. */

const started = new WeakSet<HTMLVideoElement>();

async function attach(video: HTMLVideoElement): Promise<void> {
  const source = video.dataset.hls;
  if (!source || started.has(video)) return;
  started.add(video);
  const { default: Hls } = await import("hls.js/light");
  if (Hls.isSupported()) {
    const player = new Hls({ autoStartLoad: false });
    player.loadSource(source);
    player.attachMedia(video);
    video.addEventListener("play", () => player.startLoad(), { once: true });
  } else {
    video.src = source;
  }
}

function attachAll(): void {
  for (const video of document.querySelectorAll<HTMLVideoElement>("video[data-hls]")) void attach(video);
}

document.addEventListener("htmx:load", attachAll);
attachAll();
