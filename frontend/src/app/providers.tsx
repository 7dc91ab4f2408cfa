import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { onSessionChange, sessionState } from "@/lib/session";
import { Notices } from "./notices";
import { createQueryClient } from "./query-client";
import { cssVariables, theme } from "./theme";

type Props = { children: ReactNode };

/** Everything that the pages take for granted: theme, notifications, server state. */
export function Providers({ children }: Props) {
  const [queryClient] = useState(createQueryClient);

  useEffect(() => {
    // Whoever signs in next must not see what was loaded for somebody else.
    return onSessionChange(() => {
      if (sessionState() === "signed-out") queryClient.clear();
    });
  }, [queryClient]);

  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notices />
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </MantineProvider>
  );
}
