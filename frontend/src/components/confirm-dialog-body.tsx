import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

export type Question = {
  isOpen: boolean;
  title: string;
  text: string;
  confirmLabel: string;
  cancelLabel?: string;
  isDangerous?: boolean;
  isPending?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

/** Loaded after the page that asks. */
export default function ConfirmDialogBody(props: Question) {
  const { t } = useTranslation();
  return (
    // Put together by hand: the ready-made header would be a second banner of the page.
    <Modal.Root opened={props.isOpen} onClose={props.onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body p="xl">
          <Modal.Title fw={650} fz={19} mb="xs">
            {props.title}
          </Modal.Title>
          <Stack gap="lg">
            <Text>{props.text}</Text>
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={props.onClose} data-autofocus>
                {props.cancelLabel ?? t("common.cancel")}
              </Button>
              <Button
                color={props.isDangerous ? "red.8" : undefined}
                loading={props.isPending}
                onClick={props.onConfirm}
              >
                {props.confirmLabel}
              </Button>
            </Group>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
