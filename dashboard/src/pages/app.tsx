// Which page the path names.
import { useEffect, useState } from 'preact/hooks';
import { onMove } from '../core/navigation.ts';
import { Home } from './home.tsx';
import { Login } from './login.tsx';
import { SetUp } from './setup.tsx';

/** Escape hides an open definition until the pointer or the focus moves on. */
function useDismissableTips(): void {
  useEffect(() => {
    const root = document.documentElement;
    const hide = (event: KeyboardEvent) => {
      if (event.key === 'Escape') root.dataset['tips'] = 'off';
    };
    const show = () => {
      delete root.dataset['tips'];
    };
    document.addEventListener('keydown', hide);
    document.addEventListener('pointerover', show);
    document.addEventListener('focusin', show);
    return () => {
      document.removeEventListener('keydown', hide);
      document.removeEventListener('pointerover', show);
      document.removeEventListener('focusin', show);
    };
  }, []);
}

export function App() {
  const [path, setPath] = useState(location.pathname);
  useEffect(
    () =>
      onMove(() => {
        setPath(location.pathname);
      }),
    [],
  );
  useDismissableTips();
  if (path === '/login') return <Login />;
  if (path === '/setup') return <SetUp />;
  return <Home path={path} />;
}
