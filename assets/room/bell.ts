/** One soft stroke of a bell, made by the browser itself. */

/** Rings; does nothing where a browser makes no sounds. */
export function ring(): void {
  const context = new AudioContext();
  const now = context.currentTime;
  for (const [frequency, loudness] of [
    [880, 0.2],
    [1320, 0.1],
    [2217, 0.04],
  ] as const) {
    const tone = context.createOscillator();
    const level = context.createGain();
    tone.frequency.value = frequency;
    level.gain.setValueAtTime(loudness, now);
    level.gain.exponentialRampToValueAtTime(0.0001, now + 1.6);
    tone.connect(level).connect(context.destination);
    tone.start(now);
    tone.stop(now + 1.7);
  }
  setTimeout(() => void context.close(), 2_000);
}
