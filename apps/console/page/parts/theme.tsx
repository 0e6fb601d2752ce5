import { useState } from 'react';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];
const KEY = 'holdfast-console-theme';

export const chosenTheme = (): Theme => themes.find((each) => each === localStorage.getItem(KEY)) ?? 'auto';

export function applyTheme(theme: Theme): void {
  const { documentElement: root } = document;
  if (theme === 'auto') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <select
      className="quiet"
      aria-label="Colours"
      value={theme}
      onChange={({ target }) => {
        const next = themes.find((each) => each === target.value) ?? 'auto';
        localStorage.setItem(KEY, next);
        applyTheme(next);
        setTheme(next);
      }}
    >
      <option value="auto">Auto</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}
