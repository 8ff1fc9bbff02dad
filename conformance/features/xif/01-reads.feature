Feature: Modbus and Redfish of one shelf tell the same

  Which register is which property stands in the register maps (links). A supply is found on the other interface by
  its serial number.

  @XIF-001 @MUST @R @DPO @needs:supply
  Scenario: XIF-001 Identity
    Model, serial number and firmware of each supply, and of the gateway, are the same on Modbus and Redfish.

    When the client reads the identity of the supplies and of the gateway on Modbus and on Redfish
    Then each text that both have is the same

  @XIF-002 @MUST @R @DPO @needs:supply
  Scenario: XIF-002 Quantities
    Each quantity that the map links is the same on both interfaces, to one step of the coarser one and 2 %, in at
    least one of the readings within 5 s.

    When the client reads the linked quantities of the supplies on both interfaces for up to 5 s
    Then each was the same at least once

  @XIF-003 @MUST @R @DPO @needs:supply
  Scenario: XIF-003 Units
    The sensor behind each linked quantity has the unit of the map, and no value is off by a power of ten.

    When the client reads the linked quantities of the supplies on both interfaces for up to 5 s
    Then each sensor has the unit of the map, and no value is off by a factor

  @XIF-009 @MUST @R @DPO @needs:block
  Scenario: XIF-009 States
    The state of the gateway and the kind of owner of the lease have the same name on both interfaces.

    When the client reads the state of the gateway on both interfaces
    Then state and owner of the lease have the same names

  @XIF-011 @SHOULD @R @DPO @needs:block
  Scenario: XIF-011 Time
    The time of the block and of the manager differ by less than 5 s.

    When the client reads the time of the gateway on both interfaces
    Then the times differ by less than 5 s

  @XIF-012 @MUST @R @DPO @needs:block
  Scenario: XIF-012 Both interfaces at once
    Modbus and Redfish are read without a pause at the same time; each request is answered in its own time-out.

    When both interfaces are read at once as fast as they answer
    Then every read was answered in time
