import { createRoot } from 'react-dom/client';
import './parts/mark.css';
import './swimlane/swimlane.css';
import { App } from './app.js';
import { takeTokenOfLink } from './live/access.js';
import { applyTheme, chosenTheme } from './parts/theme.js';

applyTheme(chosenTheme());
takeTokenOfLink();
createRoot(document.getElementById('page')!).render(<App />);
