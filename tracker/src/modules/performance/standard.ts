// ut-vitals.js: the five metrics.
import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import { reporter } from './report.ts';

const report = reporter();
if (report) for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(report, { reportSoftNavs: true });
