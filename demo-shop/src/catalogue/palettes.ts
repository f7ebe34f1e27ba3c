/** The colours of one variant of a product, as its drawing uses them. */
export interface Palette {
  name: string;
  main: string;
  shade: string;
  light: string;
  accent: string;
}

export const CLAY: Palette = {
  name: 'Clay',
  main: '#c0673f',
  shade: '#8f4527',
  light: '#e39a72',
  accent: '#f3d9b8',
};
export const MOSS: Palette = {
  name: 'Moss',
  main: '#6f8460',
  shade: '#4b5d40',
  light: '#a3b58f',
  accent: '#e9e2c4',
};
export const SLATE: Palette = {
  name: 'Slate',
  main: '#5b7285',
  shade: '#3b4d5c',
  light: '#93a9ba',
  accent: '#e4dccb',
};
export const OCHRE: Palette = {
  name: 'Ochre',
  main: '#d09a3c',
  shade: '#9b6c1d',
  light: '#efc97d',
  accent: '#fbf0d6',
};
export const PLUM: Palette = {
  name: 'Plum',
  main: '#86586f',
  shade: '#5d394c',
  light: '#b98aa0',
  accent: '#f0dfd8',
};
export const SAND: Palette = {
  name: 'Sand',
  main: '#cbb595',
  shade: '#998260',
  light: '#e8d9bf',
  accent: '#7c5a3c',
};
