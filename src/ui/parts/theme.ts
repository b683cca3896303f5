/**
 * The theme: that of the system, or the one that was chosen.
 * @module
 */

const KEY = 'mock429-theme';

/** The themes, in the order of the button. */
const THEMES = ['system', 'light', 'dark'] as const;

/** A theme. */
export type Theme = (typeof THEMES)[number];

/** The theme that was chosen. */
export function themeInUse(): Theme {
  const stored = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

/** The theme after the one in use. */
export function nextTheme(): Theme {
  return THEMES[(THEMES.indexOf(themeInUse()) + 1) % THEMES.length]!;
}

/** Uses a theme, and keeps the choice in this browser. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme();
}

/** Applies the chosen theme to the document. */
export function applyTheme(): void {
  const theme = themeInUse();
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}

/** Whether the page is dark now, by choice or by the system. */
export function isDark(): boolean {
  const theme = themeInUse();
  return theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
