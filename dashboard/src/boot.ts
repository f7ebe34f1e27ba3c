// Runs before the first paint, so that a dark choice never flashes white, and asks what every page asks first.
import { askEarly } from './core/early.ts';
import { applyTheme, storedTheme } from './core/theme.ts';

applyTheme(storedTheme());
if (!['/login', '/setup'].includes(location.pathname)) askEarly();
