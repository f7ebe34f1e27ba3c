// ut-vitals-attribution.js: the five metrics, each with what it was caused by.
import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals/attribution';
import { reporter } from './report.ts';

const report = reporter();
if (report) for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(report, { reportSoftNavs: true });
