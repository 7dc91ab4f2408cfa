import { ActionIcon, Menu } from "@mantine/core";
import {
  IconHome,
  IconListDetails,
  IconLogout,
  IconMessagePlus,
  IconRoute,
  IconSettings,
  IconUser,
  IconUserSearch,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/features/auth/use-me";
import { useSignOut } from "@/features/auth/use-sign-out";

export function AccountMenu() {
  const { t } = useTranslation();
  const leave = useSignOut();
  const { data: me } = useMe();
  return (
    <Menu position="bottom-end" width={200} shadow="sm">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("nav.account")}>
          <IconUser size={20} stroke={1.75} />
        </ActionIcon>
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
