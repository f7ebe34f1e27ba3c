import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/forms.css';
import './modules/active_users/live.css';
import './modules/sessions/trend.css';
import './core/ui/ranking.css';
import './core/ui/controls.css';
import './pages/dialogs/dialogs.css';
import { App } from './pages/app.tsx';

const place = document.getElementById('app');
if (place) render(<App />, place);
