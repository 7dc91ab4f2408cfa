import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, ScrollRestoration, useLocation } from "react-router";
import { Header } from "./header";
import styles from "./layout.module.css";
import { ServiceNotice } from "./service-notice";

/** The frame of every page: header, what is wrong with the installation right now, the page itself. */
export function Layout() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const previousPath = useRef(pathname);

  useEffect(() => {
    if (previousPath.current === pathname) return;
    previousPath.current = pathname;
    // A screen reader would otherwise stay on the link that is gone.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className={styles.frame}>
      <a href="#content" className="skip-link">
        {t("app.skipToContent")}
      </a>
      <Header />
      <ServiceNotice />
      <main id="content" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}
