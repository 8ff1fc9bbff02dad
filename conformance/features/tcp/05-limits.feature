Feature: Limits of the server
  MODBUS Messaging on TCP/IP V1.0b, 4.2 and 4.4.2. The capability statement declares the limits.

  @MB-TCP-017 @SHOULD @R @TG:4.2 @needs:connections
  Scenario: MB-TCP-017 One connection too many
    It is refused, or the one that was quiet longest is closed; all others are still served.

    When the client opens one connection more than the declared number
    Then it is refused or replaces one, and all others are served

  @MB-TCP-019 @MUST @R @TG:4.2 @needs:connections @needs:idle
  Scenario: MB-TCP-019 Clients that vanish
    Connections on which nothing is asked any more give their places to new ones within the declared time.

    When the client opens the declared number of connections and says nothing more
    Then a new connection is served within the declared idle time and 2 s

  @MB-TCP-021 @SHOULD @R @TG:4.3.2
  Scenario: MB-TCP-021 Answers do not wait for acknowledgements
    An answer goes out whole and at once. A server that sends it in parts and leaves Nagle's algorithm on waits with the
    later part until the client acknowledges the first: 40 to 200 ms. (The catalogue has it in class T, but a clock is
    enough: the same reads, acknowledged late and at once, are compared, so that a slow device is no fault.)

    When the client reads 100 times on each of two connections, acknowledging late on one and at once on the other
    Then no tenth of the answers waited for an acknowledgement

  @MB-TCP-022 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-022 Unit identifiers FF and 00
    Both are answered as the device itself, or neither is.

    When the client reads from the unit identifiers FF and 00
    Then both are answered as the device itself, or both are refused

  @MB-TCP-026 @MUST @W @TG:4.4.2 @needs:two-words @needs:fc06
  Scenario: MB-TCP-026 Two clients write at once
    Each write is echoed, and each register holds what its own client wrote. (The catalogue has it in class R, but it writes.)

    When two clients write different registers at the same time, 20 times
    Then each register held what its own client wrote

  @MB-TCP-027 @MUST @W @DPO @needs:pmi
  Scenario: MB-TCP-027 Two clients and one set point
    While one client holds the lease, a set point and a lease of another are refused with exception 04, and the set point
    stays.

    Given the client holds the lease for 30 s
    When the client writes the largest input power limit
    And a second client writes another limit and asks for the lease
    Then both are refused with exception 04, and the limit of the first client stays
    And the lease is given back

  @MB-TCP-029 @SHOULD @R @DPO @needs:p99
  Scenario: MB-TCP-029 Response time under load
    Of many reads as fast as they are answered, 99 of 100 are answered within the declared time. The report gives median,
    99th percentile and maximum. (The catalogue asks for 10 minutes; the report tells how many were made.)

    When the client reads one register as fast as it is answered
    Then 99 of 100 answers came within the declared time

  @MB-TCP-030 @MUST @D @DPO
  Scenario: MB-TCP-030 Garbage
    While other connections send garbage, each request of a poller is answered.

    When 24 connections send garbage, one after the other, and a poller reads in between
    Then each read of the poller was answered

  @MB-TCP-031 @MUST @R @DPO @needs:ports
  Scenario: MB-TCP-031 Open ports
    No TCP port is open that is not declared. Without --full-sweep the ports that shelves and computers often have open are
    tried; UDP is not.

    When the client tries to connect to ports that are not declared
    Then none is open

  @MB-TCP-032 @MUST @R @TG:4.2 @needs:other-address
  Scenario: MB-TCP-032 The other address
    At its other address, that of the other version of IP, the server answers as at the first.

    When the client sends a good read and a read that must be refused to both addresses
    Then the answers are the same
