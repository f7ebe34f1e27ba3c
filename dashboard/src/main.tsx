import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/nav.css';
import './styles/forms.css';
import './modules/active_users/live.css';
import './modules/active_users/map.css';
import './modules/sessions/trend.css';
import './modules/page_analytics/pages.css';
import './pages/realtime/realtime.css';
import './pages/settings/settings.css';
import './modules/performance/performance.css';
import { App } from './pages/app.tsx';

const place = document.getElementById('app');
if (place) render(<App />, place);
