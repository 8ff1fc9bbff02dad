Feature: Connections
  MODBUS Messaging on TCP/IP V1.0b, 4.2.

  @MB-TCP-016 @MUST @R @TG:4.2
  Scenario: MB-TCP-016 Several connections
    Four connections at once are all served.

    When the client opens 4 connections
    Then each connection answers a good request

  @MB-TCP-018 @MUST @R @TG:4.2
  Scenario: MB-TCP-018 Connection reset in mid-request
    A connection reset in the middle of a request does not disturb another one.

    When the client opens 2 connections
    And the first connection is reset in the middle of a request
    Then each connection that is left answers a good request

  @MB-TCP-020 @MUST @R @TG:4.2
  Scenario: MB-TCP-020 Orderly close
    The server closes its side when the client closes.

    When the client opens a connection
    And the client closes it after a good read
    Then the server closes its side in time

  @MB-TCP-025 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-025 Two clients at once
    Two clients that read different registers at once each get their own answers.

    When two clients send 50 different reads each at the same time
    Then each client got its own answers
