import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, NavLink, useLocation } from "react-router";
import { LanguageSwitch } from "@/components/language-switch";
import { ThemeSwitch } from "@/components/theme-switch";
import { useSession } from "@/features/auth/use-session";
import { AccountMenu } from "./account-menu";
import { BrandMark } from "./brand-mark";
import styles from "./layout.module.css";

export function Header() {
  const { t } = useTranslation();
  const session = useSession();
  const { pathname } = useLocation();
  const isSignedIn = session === "signed-in";
  return (
    <header className={styles.header}>
      <div className={styles.headerInner}>
        <Link to={isSignedIn ? "/home" : "/"} className={styles.brand}>
          <BrandMark />
          {t("app.name")}
        </Link>
        {isSignedIn && (
          <nav className={styles.nav} aria-label={t("nav.main")}>
            <NavLink to="/home" className={styles.navLink}>
              {t("nav.home")}
            </NavLink>
            <NavLink to="/interviews/new" className={styles.navLink}>
              {t("nav.newInterview")}
            </NavLink>
            <NavLink to="/question-sets" className={styles.navLink}>
              {t("nav.questionSets")}
            </NavLink>
            <NavLink to="/learning" className={styles.navLink}>
              {t("nav.learning")}
            </NavLink>
          </nav>
        )}
        <div className={styles.tools}>
          <LanguageSwitch />
          <ThemeSwitch />
          {isSignedIn && <AccountMenu />}
          {!isSignedIn && pathname === "/" && (
            <Button component={Link} to="/sign-in" variant="subtle" size="compact-md" ml={4}>
              {t("nav.signIn")}
            </Button>
          )}
        </div>
      </div>
    </header>
  );
}
