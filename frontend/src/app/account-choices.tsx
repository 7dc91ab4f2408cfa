import { Menu } from "@mantine/core";
import {
  IconHome,
  IconListDetails,
  IconLogout,
  IconMessagePlus,
  IconRoute,
  IconSettings,
  IconUserSearch,
} from "@tabler/icons-react";
import { type RefObject, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/features/auth/use-me";
import { useSignOut } from "@/features/auth/use-sign-out";
import { AccountButton } from "./account-button";

type Props = {
  isOpen: boolean;
  onChange: (isOpen: boolean) => void;
  /** Whether the button before this menu's had the focus. */
  hadFocus: RefObject<boolean>;
};

/** Loaded after the page. */
export default function AccountChoices({ isOpen, onChange, hadFocus }: Props) {
  const { t } = useTranslation();
  const leave = useSignOut();
  const { data: me } = useMe();
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (hadFocus.current) button.current?.focus({ preventScroll: true });
  }, [hadFocus]);
  return (
    <Menu
      position="bottom-end"
      width={200}
      shadow="sm"
      opened={isOpen}
      onChange={onChange}
      // The button that was pressed may be the one before this one, and the menu would give the focus to nothing.
      returnFocus={false}
      onClose={() => button.current?.focus({ preventScroll: true })}
    >
      <Menu.Target>
        <AccountButton ref={button} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/home" leftSection={<IconHome size={16} />}>
          {t("nav.home")}
        </Menu.Item>
        <Menu.Item component={Link} to="/interviews/new" leftSection={<IconMessagePlus size={16} />}>
          {t("nav.newInterview")}
        </Menu.Item>
        <Menu.Item component={Link} to="/question-sets" leftSection={<IconListDetails size={16} />}>
          {t("nav.questionSets")}
        </Menu.Item>
        <Menu.Item component={Link} to="/learning" leftSection={<IconRoute size={16} />}>
          {t("nav.learning")}
        </Menu.Item>
        {me?.role === "operator" && (
          <Menu.Item component={Link} to="/operations/reviews" leftSection={<IconUserSearch size={16} />}>
            {t("nav.reviews")}
          </Menu.Item>
        )}
        <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} />}>
          {t("nav.settings")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={leave} leftSection={<IconLogout size={16} />}>
          {t("nav.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
