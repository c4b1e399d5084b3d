/** Sets the theme the person chose before anything is painted; without a choice the system decides. */
try {
  const chosen = localStorage.getItem("matinee-theme");
  if (chosen === "matinee-day" || chosen === "matinee-night") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that refuses storage follows the system.
}
