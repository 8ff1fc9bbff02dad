Feature: Diagnostics and long runs
  MODBUS Application Protocol V1.1b3, 6.8, on devices that declare function 08.

  @MB-RTU-034 @SHOULD @R @AP:6.8 @needs:fc08
  Scenario: MB-RTU-034 Counters
    The counters of messages, errors and exceptions (0B, 0C, 0D) move by what was sent: 10 good reads and 5 with a bad CRC.

    When the client reads the counters, sends 10 good and 5 defective reads, and reads the counters again
    Then the counters have moved by what was sent

  @MB-RTU-035 @SHOULD @D @AP:6.8 @needs:fc08
  Scenario: MB-RTU-035 Listen-only mode
    After 08/04 the device is silent, the request itself included; after 08/01 it answers.

    When the client puts the device into listen-only mode
    Then no request is answered
    When the client restarts communications
    Then the device still answers

  @MB-RTU-036 @SHOULD @D @AP:6.8 @needs:fc08
  Scenario: MB-RTU-036 Restart of communications
    After 08/01 the device answers within 2 s, and no setting has changed.

    Given the client keeps the settings of the device
    When the client restarts communications
    Then the device still answers
    And each setting is what it was

  @MB-RTU-041 @MUST @R @DPO
  Scenario: MB-RTU-041 Long run
    Of many good reads none is lost and none is wrong. (The catalogue asks for 100 000; the report tells how many were sent.)

    When the client sends many good reads
    Then none was lost and none was wrong
