/** Colours come from the style sheet, so that light, dark and print are defined in one place. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Ways of dashing a line, in CSS pixels. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3]];

/** Calls back when the colours change, and around printing (which is light and as wide as paper). */
export function onThemeChange(changed: (printing: boolean) => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => changed(false));
  const print = (printing: boolean) => () => {
    document.documentElement.classList.toggle("print", printing);
    changed(printing);
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
}
