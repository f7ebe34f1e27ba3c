// Runs before the first paint, so that a dark choice never flashes white.
import { applyTheme, storedTheme } from './core/theme.ts';

applyTheme(storedTheme());
