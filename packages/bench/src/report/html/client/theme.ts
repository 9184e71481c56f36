const CHOICES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof CHOICES)[number];

const LABELS: Readonly<Record<Theme, string>> = { auto: '◐ auto', light: '○ light', dark: '● dark' };

/** Lets the reader choose; tells whenever colours have changed, by the button or by the system. */
export function startTheme(button: HTMLButtonElement, onChange: () => void): void {
  let theme: Theme = 'auto';
  const show = (): void => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    button.textContent = LABELS[theme];
    button.setAttribute('aria-label', `colours: ${theme}`);
  };
  button.addEventListener('click', () => {
    theme = CHOICES[(CHOICES.indexOf(theme) + 1) % CHOICES.length] ?? 'auto';
    show();
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  show();
}

/** Reads colours of the style sheet, which a canvas knows nothing of. */
export function createPalette(): { readonly color: (name: string) => string; readonly forget: () => void } {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const known = new Map<string, string>();
  return {
    color: (name) => {
      let value = known.get(name);
      if (value === undefined) {
        probe.style.color = `var(--${name})`;
        value = getComputedStyle(probe).color;
        known.set(name, value);
      }
      return value;
    },
    forget: () => known.clear(),
  };
}
